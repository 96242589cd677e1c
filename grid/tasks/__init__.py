"""Tasks (任务): what one grid worker is asked to do on the spot; side tasks never move a case by themselves."""
