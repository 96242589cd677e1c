"""Staff (人员): who works here, in which department, in which posts; from a spreadsheet or edited one by one."""
