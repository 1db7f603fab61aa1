"""From the mirror to the facts of a digest or a final report. Knows no command, no schedule and no chat."""
