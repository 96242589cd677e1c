"""Supervision (督办): alarms of clocks, supervisions of cases, matters handed down (13710), what is missing."""
