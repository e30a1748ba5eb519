"""Published reports: the report as the public sees it, written and read."""
