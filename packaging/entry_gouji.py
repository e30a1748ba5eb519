"""gouji.exe: the command line, with `gouji addin install` and `gouji attach`."""

from workbook.cli import main

raise SystemExit(main())
