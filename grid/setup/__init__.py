"""Setting up (设立) a street of one's own: its regions and grids, and all it begins with from one folder."""
