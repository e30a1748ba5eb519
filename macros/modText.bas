Attribute VB_Name = "modText"
Option Explicit
Option Private Module

' Text as the hex digits of its UTF-16 units and back: no code page of the PC has a say in it.

' The builder writes a call of this for every literal that is not plain ASCII.
Public Function U(ByVal digits As String) As String
    Dim place As Long
    For place = 1 To Len(digits) Step 4
        U = U & ChrW$(CLng("&H" & Mid$(digits, place, 4)))
    Next place
End Function

Public Function HexOf(ByVal text As String) As String
    Dim place As Long
    For place = 1 To Len(text)
        HexOf = HexOf & Right$("000" & Hex$(AscW(Mid$(text, place, 1)) And &HFFFF&), 4)
    Next place
End Function
