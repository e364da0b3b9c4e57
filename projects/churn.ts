import { defineProject } from '../ml/definition/defineProject.ts';

// IBM's public sample "Telco Customer Churn": one row a customer, with the services they have and whether they left
// within the last month. TotalCharges is blank for customers in their first month (tenure 0): a known case, imputed.

const yesNo = { kind: 'category', levels: ['No', 'Yes'] } as const;
const internetService = { kind: 'category', levels: ['No', 'No internet service', 'Yes'] } as const;

export default defineProject({
  name: 'churn',
  title: 'Telco customer churn',
  id: 'customerID',
  label: { column: 'Churn', positive: 'Yes', negative: 'No' },
  columns: {
    gender: { kind: 'category', levels: ['Female', 'Male'] },
    SeniorCitizen: { kind: 'number', min: 0, max: 1, integer: true },
    Partner: yesNo,
    Dependents: yesNo,
    tenure: { kind: 'number', min: 0, max: 120, integer: true },
    PhoneService: yesNo,
    MultipleLines: { kind: 'category', levels: ['No', 'No phone service', 'Yes'] },
    InternetService: { kind: 'category', levels: ['DSL', 'Fiber optic', 'No'] },
    OnlineSecurity: internetService,
    OnlineBackup: internetService,
    DeviceProtection: internetService,
    TechSupport: internetService,
    StreamingTV: internetService,
    StreamingMovies: internetService,
    Contract: { kind: 'category', levels: ['Month-to-month', 'One year', 'Two year'] },
    PaperlessBilling: yesNo,
    PaymentMethod: {
      kind: 'category',
      levels: ['Bank transfer (automatic)', 'Credit card (automatic)', 'Electronic check', 'Mailed check'],
    },
    MonthlyCharges: { kind: 'number', min: 0, max: 1000 },
    TotalCharges: { kind: 'number', min: 0, max: 100_000, missing: 'impute' },
  },
  source: { kind: 'simulator', rows: 7043, seed: 1 },
  seed: 1,
});
