"""ClariNet (Ping, Peng and Chen 2018): a Gaussian WaveNet, the flows distilled from it, and text straight to a wave.

wavenet.py and upsampler.py are the blocks, frontend.py is what they hear; teacher.py speaks sample by sample (incremental.py,
with weights from folding.py), student.py with flows; model.py is the vocoder around both. checkpoints.py reads the published
files, whose names layout.py knows; losses.py, teacher_train.py and train.py are for training.
encoder.py, attention.py, decoder.py and bridge.py lead from text to the same WaveNet, text_to_wave.py joins them;
text_to_wave_model.py is the plugin around them, and the other text_to_wave_*.py are to it what those above are to the vocoder.
"""
