"""The campaign: a year's reports of all units of a roster, from handing out to the figures handed up."""
