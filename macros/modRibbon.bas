Attribute VB_Name = "modRibbon"
Option Explicit

' The ribbon's callbacks. A button's tag is the name of its task; what the task does is Python's business.

Public Sub OnTask(control As IRibbonControl)
    Launch control.Tag
End Sub
