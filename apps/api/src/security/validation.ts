import { StandardSchemaValidationPipe } from '@nestjs/common';
import { type FieldError, Problem } from './problem.js';

/** Checks bodies, queries and parameters against the zod schemas of the contracts; mistakes are named field by field. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => {
      const errors: FieldError[] = issues.slice(0, 20).map((issue) => ({ path: pathOf(issue.path), message: issue.message }));
      return new Problem(400, 'validation_failed', 'Some values are missing or have the wrong form. Each is named with what a good value looks like.', errors);
    },
  });
}

function pathOf(path: readonly (PropertyKey | { key: PropertyKey })[] | undefined): string {
  return (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
}
