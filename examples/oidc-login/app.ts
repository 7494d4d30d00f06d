import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { RecipesStack } from './recipes-stack';

const app = new App();

function readContext(name: string, absent: string): string {
  const value: unknown = app.node.tryGetContext(name) ?? absent;
  if (typeof value === 'string') return value;
  throw new Error(`context ${name} must be text, but was ${JSON.stringify(value)}`);
}

// Which Portcullis deployment guards the API: `-c prefix=Portcullis-dev`.
const prefix = readContext('prefix', 'Portcullis');
new RecipesStack(app, `${prefix}-Recipes`, {
  description: 'An HTTP API for a web page whose visitors sign in with an OpenID Connect provider',
  portcullisPrefix: prefix,
  // Where the page is: `-c pageOrigin=https://recipes.example.com`.
  pageOrigin: readContext('pageOrigin', 'http://127.0.0.1:5173'),
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
