"""gouji.exe: the command line, with `gouji addin install` and `gouji attach`."""

import multiprocessing

from workbook.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # a recheck's workers start from this same program
    raise SystemExit(main())
