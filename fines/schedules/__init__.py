"""The dated fee schedules: adopting them, and which one decides."""
