"""What comes of a campaign: sums, lists, notices, a page – read from the ledger, never from units' files."""
