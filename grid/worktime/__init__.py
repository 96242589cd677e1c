"""Working time (工作时间): days, slots, limits and lights.

Source: GB/T 30428.8, units of time limits; the State Council's yearly notices on public holidays.
"""
