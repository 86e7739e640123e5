"""Reading fidelity: what the readers keep of real files, beside extractors that share no code with them."""
