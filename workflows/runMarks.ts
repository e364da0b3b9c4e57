import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery } from '@temporalio/workflow';
import type { TrainModelProgress } from '../platform/workflowContract.ts';

// By what a run is found in Temporal's lists, and asked how far it is.

export const progressQuery = defineQuery<TrainModelProgress>('progress');
export const modelAttribute = defineSearchAttributeKey('HoldfastModel', SearchAttributeType.KEYWORD);
export const triggerAttribute = defineSearchAttributeKey('HoldfastTrigger', SearchAttributeType.KEYWORD);
