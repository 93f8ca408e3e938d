"""Glow-TTS (Kim et al. 2020): a normalising flow for mels that finds by itself which frames belong to which symbol.

network.py joins the parts: encoder.py, durations.py, decoder.py, and alignment.py for training. model.py is the plugin around it,
text.py the alphabet of the published voices, checkpoints.py reads the published files; losses.py and train.py are for training
only.
"""
