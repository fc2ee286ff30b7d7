"""The networks; nothing else loads one."""
