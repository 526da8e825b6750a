"""History: entries within the cuts become readings, in order of occurrence. All of it is pure."""
