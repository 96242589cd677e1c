"""Notices (通知): what people are told, in their inbox and, where a rule says so, by robot, webhook or SMS."""
