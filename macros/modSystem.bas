Attribute VB_Name = "modSystem"
Option Explicit
Option Private Module

' All that touches Windows and Excel. Through WScript.Shell, which speaks Unicode: Environ, Dir, Shell and MsgBox
' go through the PC's code page and lose a user's name it does not have. No Declare, so nothing depends on bitness.

' Where the installer put the program; it may have named another place in the registry. "" if it is not there.
Public Function InstalledProgram() As String
    Dim shell As Object, path As String, found As Boolean
    On Error Resume Next
    Set shell = CreateObject("WScript.Shell")
    path = shell.RegRead("HKCU\Software\Gouji\Program")
    If path = "" Then path = shell.ExpandEnvironmentStrings("%LOCALAPPDATA%\Gouji\gouji-addin\gouji-addin.exe")
    If IsProgramPath(path) Then found = CreateObject("Scripting.FileSystemObject").FileExists(path)
    If found Then InstalledProgram = path
End Function

' A whole path on a drive: a mere name would be looked for in the current folder, which may be the workbook's.
' A quotation mark would end the argument, a per cent sign would be expanded by Run.
Public Function IsProgramPath(ByVal path As String) As Boolean
    IsProgramPath = LCase$(path) Like "[a-z]:\*.exe" And InStr(path, """") = 0 And InStr(path, "%") = 0
End Function

' Hidden and without waiting: the program talks to this Excel, which must be idle by then. It keeps its own log.
Public Function Started(ByVal program As String, ByVal command As String) As Boolean
    Dim shell As Object, folder As String
    On Error Resume Next
    Set shell = CreateObject("WScript.Shell")
    folder = shell.CurrentDirectory
    shell.CurrentDirectory = Left$(program, InStrRev(program, "\"))
    Err.Clear
    shell.Run command, 0, False
    Started = (Err.Number = 0)
    shell.CurrentDirectory = folder
End Function

Public Function ActiveBook() As String
    If Not ActiveWorkbook Is Nothing Then ActiveBook = ActiveWorkbook.Name
End Function

Public Function ExcelWindow() As String
    ExcelWindow = CStr(Application.Hwnd)
End Function

Public Sub Tell(ByVal message As String)
    On Error Resume Next
    CreateObject("WScript.Shell").Popup message, 0, "勾稽", vbInformation + vbSystemModal
    If Err.Number <> 0 Then MsgBox message, vbInformation, "勾稽"
End Sub
