"""The master workbook: an edition and the rule book become a form that checks itself as it is filled.

`build.build_book` is the way in. Nothing here knows a particular edition or the code of a rule.
"""
