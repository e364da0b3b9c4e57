import { assertModel } from '../../platform/access/assertModel.ts';
import type { BoundMethod, BoundService } from '../../platform/grpc/bindService.ts';

// The models that a key is for, once, around every method whose request names a model. Who has such a key and names none means
// the installation's default model, also where that would list all models.

export const withModelLimits = (defaultModel: string, services: readonly BoundService[]): BoundService[] =>
  services.map(service => ({
    ...service,
    methods: service.methods.map(each => limited(defaultModel, each)),
  }));

const limited = (defaultModel: string, method: BoundMethod): BoundMethod => ({
  definition: method.definition,
  handle: (request, context) => {
    const { principal } = context;
    if (principal.models.length === 0 || !namesModel(request)) return method.handle(request, context);
    const model = request.model || defaultModel;
    assertModel(principal, model);
    return method.handle({ ...request, model }, context);
  },
});

const namesModel = (request: unknown): request is { readonly model: string } =>
  typeof request === 'object' && request !== null && 'model' in request && typeof request.model === 'string';
