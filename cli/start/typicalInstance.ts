import { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Dataset } from '../../proto/gen/holdfast/v1/dataset.ts';
import type { ModelVersion } from '../../proto/gen/holdfast/v1/model.ts';
import { modelSignature } from '../scoring/ModelSignature.ts';
import type { Instance } from './servePrediction.ts';
