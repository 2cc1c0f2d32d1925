"""What other authorities may say: judged, held, judged again; and alarms, with the proof of each."""
