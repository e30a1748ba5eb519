Attribute VB_Name = "modLauncher"
Option Explicit
Option Private Module

' Starts our program for one task. Nothing is read from the user's workbook or its folder, and the workbook's
' name travels as hex digits: no sign of a hostile file name ever reaches the command line.

Public Sub Launch(ByVal task As String)
    Dim program As String
    program = InstalledProgram()
    If program = "" Then
        Tell "没有找到“勾稽”程序。请先运行安装程序，或请信息技术人员协助安装（须为Windows版Excel）。"
    ElseIf Not Started(program, CommandLine(program, task, ActiveBook(), ExcelWindow())) Then
        Tell "Excel没有获准启动“勾稽”程序，多半是本单位的安全策略所致。请从“开始”菜单打开“勾稽”，由它处理当前工作簿。"
    End If
End Sub

' What xlwings' Book.caller() goes by, but for the name: it splits at "=", so ours is in hex (UTF-16, big end first).
Public Function CommandLine(ByVal program As String, ByVal task As String, ByVal book As String, _
                            ByVal window As String) As String
    CommandLine = """" & program & """ " & task & " --wb-hex=" & HexOf(book) & " --from_xl=1 --hwnd=" & window
End Function
