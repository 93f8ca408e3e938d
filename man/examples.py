"""Command lines to copy, by the page that they stand on; a test lets the program read each of them."""

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "tts": (
        ("Speak a file, a little faster, to an MP3:", "tts say -f book.txt --speed 1.2 -o book.mp3"),
        ("One file for each line:", "tts batch lines.txt -d spoken"),
        ("Speak what another program writes, while it writes:", "tail -f log | tts say -f -"),
        ("See what the front end makes of a text:", "tts normalize 'Dr. Smith paid $5.'"),
        ("Names of the installed voices, for a script:", "tts voices list | cut -f1"),
        ("Let the shell complete commands, voices and their parts:", "tts --install-completion"),
    ),
    "say": (
        ("Another vocoder, and a slower voice:", "tts say --vocoder griffin-lim --speed 0.8 'Hello.'"),
        ("Fail if anything is not spoken, and tell when each word sounds:", "tts say -f a.md -o a.flac --strict --timings a.srt"),
        ("See each sentence from its letters to its samples:", "tts say -o five.wav --explain 'It is 5 km.'"),
    ),
    "voices": (
        ("Names of the installed voices, for a script:", "tts voices list | cut -f1"),
        ("Where your own voices go:", "tts voices path"),
        ("Make a voice of a published checkpoint:", "tts voices import generator.pt --name mine --architecture melgan"),
    ),
    "models": (("Which vocoder fits which model, and if not, why:", "tts models pairs"),),
    "plugins": (("Does a plugin keep the promises of tts-plugins(7)?", "tts plugins check melgan"),),
    "normalize": (("What is said of figures and signs:", "tts normalize 'Dr. Smith paid $5 on 3/4/2021.'"),),
    "g2p": (("Phonemes, and phones for other voices:", "tts g2p --alphabet arpabet 'Really?'"),),
    "lexicon": (
        ("Say how a name is spoken:", "tts lexicon add Siobhan --like shivawn"),
        ("The same in IPA, for all who work on a project:", "tts lexicon add --project Siobhan ʃɪˈvɔːn"),
        ("Hear the difference as symbols:", "tts lexicon test Siobhan"),
    ),
    "doctor": (("For a bug report:", "tts doctor --json > doctor.json"),),
    "config": (("Which speed holds here, and who says so?", "tts config list | grep speed"),),
    "corpus": (
        ("What is wrong with recordings and their texts:", "tts corpus check my-corpus"),
        ("How long each symbol lasts:", "tts corpus align my-corpus --with runs/aligner"),
    ),
    "train": (
        ("An acoustic model, in an hour and a half:", "tts train speedyspeech --data my-corpus --out runs/a --max-minutes 90"),
        ("Go on with a run, or fail:", "tts train speedyspeech --data my-corpus --out runs/a --resume"),
    ),
    "export": (("A voice of an acoustic model and a vocoder:", "tts export runs/acoustic runs/vocoder --out my-voice"),),
    "eval": (("Measure a voice, and lay its pairs side by side:", "tts eval heart --text sentences.txt --out scores"),),
}
