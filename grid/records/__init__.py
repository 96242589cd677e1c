"""Records (记录): what workers keep by forms; every version is kept, edits of different fields merge."""
