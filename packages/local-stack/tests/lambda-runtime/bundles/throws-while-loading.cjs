throw new Error('configuration is missing TABLE_NAME');
