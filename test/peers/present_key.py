"""Makes one of NVIDIA's clients present the API key in HOLDFAST_API_KEY with every call."""

import os

from tritonclient._plugin import InferenceServerClientPlugin


class PresentKey(InferenceServerClientPlugin):
    def __call__(self, request):
        request.headers = {**(request.headers or {}), "x-api-key": os.environ["HOLDFAST_API_KEY"]}
