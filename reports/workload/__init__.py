"""A department's month (部门月度): its figures, and the cases each of them counts, from the same question."""
