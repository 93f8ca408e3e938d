"""ttscli: neural speech from the command line.

The path of data, each step a plain value made by one package:

    text ── ttscli.text ──► Segment ── acoustic model ──► Mel ── vocoder ──► samples ── ttscli.synthesizer ──► AudioChunk
         ── ttscli.audio ──► file, pipe or loudspeaker

`ttscli.contract` is the page that a plugin author reads. Importing this package imports nothing else.
"""

__version__ = "0.1.0"
