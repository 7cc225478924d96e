import { runDoctorCommand } from './doctor-command.ts';

await runDoctorCommand('npm run doctor');
