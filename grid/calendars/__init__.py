"""Calendars (日历): holidays and make-up days as rows, each street's working policy, and their import.

Source: the State Council's yearly notices; GB/T 30428.8 for what the time is counted for.
"""
