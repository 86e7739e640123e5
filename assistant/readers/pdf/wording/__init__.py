"""What words show by their form alone, wherever they stand: figures, ends of sentences, labels of captions, scripts."""
