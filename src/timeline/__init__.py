from timeline.errors import TimelineError
