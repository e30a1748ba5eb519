"""Published reports: Word, web page, PDF and text read back as filings; filings set as reports."""
