"""SpeedySpeech (Vainer & Dušek, Interspeech 2020, arXiv:2008.03802): an acoustic model by convolutions alone.

student.py is the network that speaks, model.py the plugin around it, speak.py the same network in numpy for a quick start.
"""
