"""TalkNet 2 (Beliaev and Ginsburg 2021): symbols → durations → pitch → mel, by three convolutional networks.

encoder.py is what the three have in common, network.py the three, expansion.py the way from symbols to frames, pitch.py what f0
means to them, model.py the plugin around it all. Of the published archives, archives.py reads the container, blocks.py knows the
tensors, settings.py the configuration, text.py the alphabets, and checkpoints.py puts them together. For training only are
losses.py, train.py, and what tells durations of recordings: alignment.py, aligner.py, aligner_train.py.
"""
