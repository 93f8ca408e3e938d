"""A neural homomorphic vocoder: pulses and noise, filtered frame by frame, then one inverse STFT.

network.py estimates the filters, source.py makes the excitation and the waveform, model.py is the plugin around both.
"""
