"""How good a voice is, in figures and by ear: `tts eval`, and the recogniser that `tts batch --verify` listens with."""
