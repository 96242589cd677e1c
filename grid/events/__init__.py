"""Events (事件): from a report to a closed case, after GB/T 30428 (seven stages) with finer states inside."""
