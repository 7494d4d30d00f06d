import type { Finding } from '../core/finding';

/** `actions[2].name: the action …` */
export function renderFinding({ path, message }: Finding): string {
  const place = path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`,
    )
    .join('');
  return place === '' ? message : `${place}: ${message}`;
}
