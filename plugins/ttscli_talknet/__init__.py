"""TalkNet 2 (Beliaev and Ginsburg 2021): symbols → durations → pitch → mel, by three convolutional networks.

encoder.py is what the three have in common, network.py the three, expansion.py the way from symbols to frames, pitch.py what f0
means to them, model.py the plugin around it all, text.py the published alphabets, checkpoints.py and blocks.py read the published
files; alignment.py, losses.py and train.py are for training only.
"""
