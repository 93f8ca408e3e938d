"""WaveGlow (Prenger et al. 2018) and its small relatives (SqueezeWave, Zhai et al. 2020): a flow from noise to the wave of a mel.

network.py is the flow, separable.py the layers of the small ones, denoiser.py takes the hum away, model.py is the plugin around
them, checkpoints.py reads the published files; losses.py and train.py are for training only.
"""
