"""MelGAN (Kumar et al. 2019): a fully convolutional vocoder trained against discriminators of the raw wave.

generator.py is the network, model.py the plugin around it, checkpoints.py reads the published files; discriminator.py, losses.py
and train.py are for training only.
"""
