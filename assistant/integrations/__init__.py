"""The assistant as parts of other frameworks; today LlamaIndex."""
