"""Numbers to pictures and paper: a report is datasets (query, columns, period, scope); renderers make PDF, Excel
and screen of the same datasets, so that a number is the same wherever it is read.
"""
