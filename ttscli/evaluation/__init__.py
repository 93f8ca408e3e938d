"""How good a voice is, in figures and by ear: `tts eval`. Never imported by what speaks."""
