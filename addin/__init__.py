"""The add-in: the same review as the command line, on a workbook that is open in Excel or LibreOffice.

Importing anything of it first sees to two things: that nothing is imported from the folder the user happens
to be in, and that xlwings comes without pandas, numpy and its PRO part.
"""

from addin.lean import import_xlwings, leave_current_folder

leave_current_folder()
import_xlwings()
