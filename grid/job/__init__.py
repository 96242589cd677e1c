"""Jobs (后台任务): rows with leases, at least once, done by any number of `wangge worker` processes."""
