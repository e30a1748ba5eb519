"""gouji-addin.exe: what the ribbon's buttons start (no console window)."""

from addin.__main__ import main

raise SystemExit(main())
